import type { City } from "./cities.ts";
import { ingest } from "../target.ts";
import { VARIANTS, type Variant } from "./variants.ts";
import type { VisitorsTurn, World } from "./world.ts";

/** What a visitor may see who asks in the moment in which a change has been acknowledged. */
export interface Staleness {
  name: string;
  /** A follow-up that is sent as soon as the answer has ended. */
  followUp: VisitorsTurn;
  /** Whether a document is cited after its `DELETE` has returned. */
  citesDeleted: boolean;
  /** The status of a question with a key after its revocation has returned. */
  revokedKey: number;
}

const MESSAGE = "How long does the pigeon post take to Heligoland?";
const DOCUMENT = {
  title: "Pigeon post",
  content: "The pigeon post to Heligoland takes four days. Pigeons rest on Sundays.",
  content_type: "text/plain",
};

/** @param keepsBookmark whether the visitor's page sends the bookmark of the last response with the next question */
export async function measureStaleness(
  world: World,
  { visitor, primary }: { visitor: City; primary: City },
  variant: Variant,
  keepsBookmark = false,
): Promise<Staleness> {
  const { api } = world;
  const name = `${variant}${keepsBookmark ? ", bookmark kept" : ""}`;
  const id = `pigeons-${name.replaceAll(/\W+/g, "-")}`;
  await ingest(api, [{ external_id: id, ...DOCUMENT }], 1);
  const key = await api.post<{ id: string; key: string }>("/v1/keys", {
    kind: "secret",
    scopes: ["chat"],
    label: name,
  });
  await world.wait(60_000);

  let bookmark: number | undefined;
  const ask = async (more: Partial<Parameters<World["ask"]>[0]> = {}) => {
    const placement = { ...VARIANTS[variant](visitor, primary), bookmark };
    const turn = await world.ask({ visitor, placement, message: MESSAGE, ...more });
    if (keepsBookmark) bookmark = turn.bookmark;
    return turn;
  };
  const { conversation, cited } = await ask();
  if (!cited.includes(id)) throw new Error(`The answer does not cite ${id}`);
  const followUp = await ask({ conversation, message: "What do the pigeons do on Sundays?" });
  await world.wait(60_000);
  await api.delete(`/v1/documents/${id}`);
  const afterDelete = await ask();
  await world.wait(60_000);
  await api.delete(`/v1/keys/${key.body.id}`);
  const afterRevocation = await ask({ key: key.body.key });
  return {
    name,
    followUp,
    citesDeleted: afterDelete.cited.includes(id),
    revokedKey: afterRevocation.status,
  };
}
