/** Stand-ins for the regions where visitors, Workers and databases are. */
export type City =
  | "Washington DC"
  | "Dallas"
  | "São Paulo"
  | "London"
  | "Frankfurt"
  | "Tokyo"
  | "Sydney";

/**
 * Average round trips between cities of one provider's network in milliseconds, from 28 September to 27 October 2024.
 * Cloudflare publishes no such table of its own network.
 * Source: https://github.com/ibm-cloud-docs/vpc/blob/master/_include-segments/network-latency.md
 */
const ROUND_TRIPS: [City, Partial<Record<City, number>>][] = [
  [
    "Dallas",
    {
      "Washington DC": 31,
      Frankfurt: 123,
      London: 113,
      Sydney: 185,
      Tokyo: 141,
      "São Paulo": 144,
    },
  ],
  ["Washington DC", { Frankfurt: 90, London: 76, Sydney: 213, Tokyo: 169, "São Paulo": 119 }],
  ["Frankfurt", { London: 13, Sydney: 250, Tokyo: 231, "São Paulo": 197 }],
  ["London", { Sydney: 261, Tokyo: 242, "São Paulo": 188 }],
  ["Sydney", { Tokyo: 115, "São Paulo": 328 }],
  ["Tokyo", { "São Paulo": 283 }],
];

/** Between two data centers of one region, by the same source: 1 to 3 ms. */
const WITHIN_REGION = 2;

export const CITIES: City[] = [
  "Washington DC",
  "Dallas",
  "São Paulo",
  "London",
  "Frankfurt",
  "Tokyo",
  "Sydney",
];

/**
 * The cities of the table that lie in a region where D1 keeps primaries and replicas (ENAM, WEUR, APAC, OC; for WNAM and EEUR
 * the table has no city). Source: https://developers.cloudflare.com/d1/best-practices/read-replication/#read-replica-locations
 */
export const DATABASE_CITIES: City[] = ["Washington DC", "Frankfurt", "Tokyo", "Sydney"];

/** Milliseconds there and back. */
export function roundTrip(one: City, other: City): number {
  if (one === other) return WITHIN_REGION;
  const known = ROUND_TRIPS.find(([from, to]) => from === one && to[other] !== undefined);
  return known?.[1][other] ?? roundTripBack(one, other);
}

function roundTripBack(one: City, other: City): number {
  const known = ROUND_TRIPS.find(([from]) => from === other)?.[1][one];
  if (known === undefined) throw new Error(`The table has no distance of ${one} to ${other}`);
  return known;
}

/** Where reads are answered that any replica may answer. */
export function nearestReplica(city: City): City {
  const [nearest] = DATABASE_CITIES.toSorted((a, b) => roundTrip(city, a) - roundTrip(city, b));
  return nearest as City;
}
