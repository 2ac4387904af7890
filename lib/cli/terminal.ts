/** Foreign text is hostile: JSON quoting keeps control characters off the terminal. */
export const quote = (text: string) =>
  JSON.stringify(text).replace(/[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, '?');

/** Unix seconds, and the same for people. */
export const instant = (seconds: number) =>
  `${seconds} (${new Date(seconds * 1000).toISOString().replace('.000', '')})`;
