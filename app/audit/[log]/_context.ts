/** A log is named by the id of its organisation, whose members it is for. */
export interface Context {
  params: Promise<{ log: string }>;
}

export const organisationOfLog = async (_request: Request, { params }: Context): Promise<string> => (await params).log;
