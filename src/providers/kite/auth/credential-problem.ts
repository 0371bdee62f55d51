/** Why there is nothing to ask Kite with, and what to do; free of secrets. */
export interface CredentialProblem {
  readonly message: string;
  readonly hint: string;
}
