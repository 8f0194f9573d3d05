import { sha256Hex } from "../crypto/hash.ts";
import type { Config } from "../runtime/config.ts";
import { unauthorized } from "./keys.ts";
import { equal } from "../crypto/signing.ts";

/** @throws Problem `unauthorized` unless the bearer token is `ADMIN_TOKEN`; always, if the deployment has none */
export async function requireDeployment(
  { adminToken }: Pick<Config, "adminToken">,
  authorization: string | undefined,
): Promise<void> {
  const [, given = ""] = /^Bearer (\S+)$/i.exec(authorization ?? "") ?? [];
  const [expected, actual] = await Promise.all([sha256Hex(adminToken ?? ""), sha256Hex(given)]);
  if (!adminToken || !equal(expected, actual)) throw unauthorized();
}
