// A statement that begins with the comment `prepare:<name>` is parsed and planned once per connection, under that name. For the few that run with
// every act; a name stands for one text for ever.
export const preparedName = (sql: string): string | undefined => /^\/\* prepare:([a-z_]{1,40}) \*\//.exec(sql)?.[1];
