/** What became of one attempt to reach somebody. */
export type Delivered =
  | {
      readonly kind: 'delivered';
      /** Who was left out, if somebody was. */
      readonly but?: string;
    }
  /** It may work when tried again. */
  | { readonly kind: 'again'; readonly problem: string }
  /** Trying again changes nothing. */
  | { readonly kind: 'refused'; readonly problem: string };
