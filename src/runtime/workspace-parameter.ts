/**
 * How a statement names its workspace: SQL that yields the workspace's id from the statement's first parameter, and that parameter. It is
 * `?1` and the id, or a look-up by a key's hash in a batch that reads the key itself.
 */
export interface WorkspaceParameter {
  sql: string;
  value: string;
}
