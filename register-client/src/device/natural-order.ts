/** Orders device names as people count: `sda` before `sdb`, `sdz` before `sdaa`, `nvme2n1` before `nvme10n1`. */
export function naturalOrder(left: string, right: string): number {
  const a = pieces(left);
  const b = pieces(right);
  for (let i = 0; i < Math.max(a.length, b.length); i += 1) {
    const order = comparePieces(a[i] ?? "", b[i] ?? "");
    if (order !== 0) return order;
  }
  return 0;
}

function pieces(name: string): string[] {
  return name.match(/\d+|\D+/g) ?? [];
}

function comparePieces(left: string, right: string): number {
  const numeric = /^\d/.test(left) && /^\d/.test(right);
  const a = numeric ? left.replace(/^0+(?=\d)/, "") : left;
  const b = numeric ? right.replace(/^0+(?=\d)/, "") : right;
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : a > b ? 1 : 0;
}
