/** `createOrderItem`, `Create order-item` and `/create/{order}/item` as `create_order_item`. */
export function snakeCase(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');
}

/** A name for an argument or operation: small letters, digits and underscores, a letter first. */
export function argumentName(text: string): string {
  const name = snakeCase(text).slice(0, 60).replace(/_+$/, '');
  return /^[a-z]/.test(name) ? name : `n_${name}`;
}

/** `order_item_id` as `Order item id`. */
export function humanName(text: string): string {
  const words = snakeCase(text).replace(/_/g, ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** A name that is not taken yet: the given one, else with the place it stands in before it. */
export function freeName(name: string, place: string, taken: (name: string) => boolean): string {
  let free = taken(name) ? `${place}_${name}` : name;
  for (let count = 2; taken(free); count += 1) free = `${place}_${name}_${count}`;
  return free;
}
