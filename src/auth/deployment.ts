import { sha256Hex } from "../crypto/hash.ts";
import type { Config } from "../runtime/config.ts";
import { unauthorized } from "./keys.ts";
import { equal } from "../crypto/signing.ts";

/** Lets the holder of `ADMIN_TOKEN` pass. A deployment without one answers as it answers a wrong one. */
export async function requireDeployment(
  { adminToken }: Pick<Config, "adminToken">,
  authorization: string | undefined,
): Promise<void> {
  const [, given = ""] = /^Bearer (\S+)$/i.exec(authorization ?? "") ?? [];
  const [expected, actual] = await Promise.all([sha256Hex(adminToken ?? ""), sha256Hex(given)]);
  if (!adminToken || !equal(expected, actual)) throw unauthorized();
}
