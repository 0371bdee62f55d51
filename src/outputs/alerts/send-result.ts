/** What became of one attempt to reach somebody. */
export type SendResult =
  | {
      readonly kind: 'delivered';
      /** Who was left out, if somebody was. */
      readonly warning?: string;
    }
  /** It may work when tried again. */
  | { readonly kind: 'again'; readonly problem: string }
  /** Trying again changes nothing. */
  | { readonly kind: 'refused'; readonly problem: string };
