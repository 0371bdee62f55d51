/** The reason why there are no valid credentials, without any secret in its texts. */
export interface CredentialProblem {
  readonly message: string;
  readonly hint: string;
}
