/** What {@link firstQuarters} takes, for messages. */
export const RANGE_RULE =
  "must be an IPv4 range of /16 to /24 that begins at its first address, such as 10.20.0.0/20";

/**
 * The first two quarters of a range: `10.20.0.0/20` → `10.20.0.0/22`, `10.20.4.0/22`.
 * @returns undefined if it is no range of /16 to /24, or does not begin at its first address.
 */
export function firstQuarters(range: string): readonly [string, string] | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(1[6-9]|2[0-4])$/.exec(range);
  if (parts === null) return;
  const [a = 0, b = 0, c = 0, d = 0, length = 0] = parts.slice(1).map(Number);
  if ([a, b, c, d].some((octet) => octet > 255)) return;
  const first = a * 2 ** 24 + b * 2 ** 16 + c * 2 ** 8 + d;
  const size = 2 ** (32 - length);
  if (first % size !== 0) return;
  const quarter = (index: number): string => {
    const start = first + (index * size) / 4;
    const octets = [24, 16, 8, 0].map((shift) => Math.floor(start / 2 ** shift) % 256);
    return `${octets.join(".")}/${length + 2}`;
  };
  return [quarter(0), quarter(1)];
}
