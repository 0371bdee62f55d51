/** The result of one attempt to send a notification. */
export type SendResult =
  | {
      readonly kind: 'delivered';
      /** Names the recipients that the server did not accept. */
      readonly warning?: string;
    }
  /** Another attempt may succeed. */
  | { readonly kind: 'retry'; readonly problem: string }
  /** Another attempt would fail in the same way. */
  | { readonly kind: 'rejected'; readonly problem: string };
