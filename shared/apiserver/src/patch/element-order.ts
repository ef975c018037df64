import { isRecord } from "../object/object.ts";
import { fingerprint } from "../schema/list-keys.ts";

/**
 * Brings list items into the order that a patch gives; items it does not mention stay behind the item that they followed.
 * Items are told apart by `mergeKey`, or as a whole when it is undefined.
 */
export function orderItems(
  items: readonly unknown[],
  order: readonly unknown[],
  mergeKey: string | undefined,
): unknown[] {
  const keyOf = (item: unknown) => fingerprint(mergeKey !== undefined && isRecord(item) ? item[mergeKey] : item);
  const ranks = new Map(order.map((item, index) => [keyOf(item), index]));
  let rank = -1;
  const ranked = items.map((item) => {
    const own = ranks.get(keyOf(item));
    rank = own ?? rank;
    return { item, rank, isFollower: own === undefined };
  });
  const sorted = ranked.toSorted(
    (left, right) => left.rank - right.rank || Number(left.isFollower) - Number(right.isFollower),
  );
  return sorted.map(({ item }) => item);
}
