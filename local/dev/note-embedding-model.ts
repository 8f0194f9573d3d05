import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { OWN_EMBEDDING, type ChosenEmbedding } from "./embedding-server.ts";

type Noted = Pick<ChosenEmbedding, "id" | "dimensions">;

/**
 * Notes which model made the vectors of a state folder. A folder without a note is new, or from before notes were made, when there
 * was one model.
 * @throws Error if another model made them: vectors of different models cannot be compared
 */
export async function noteEmbeddingModel(state: string, { id, dimensions }: Noted): Promise<void> {
  const file = path.join(state, "embedding.json");
  const noted = await readNote(file, state);
  if (noted && (noted.id !== id || noted.dimensions !== dimensions)) {
    const describe = (model: Noted): string => `${model.id} (${model.dimensions} dimensions)`;
    throw new Error(
      `${state} holds vectors of ${describe(noted)}, and this start uses ${describe({ id, dimensions })}. ` +
        "Vectors of different models cannot be compared. Choose another folder (EDGEWISE_STATE=…), delete this one, or " +
        "set LOCAL_EMBEDDING_URL and LOCAL_EMBEDDING_MODEL as before.",
    );
  }
  await mkdir(state, { recursive: true });
  await writeFile(file, JSON.stringify({ id, dimensions }));
}

async function readNote(file: string, state: string): Promise<Noted | undefined> {
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (text !== undefined) return JSON.parse(text) as Noted;
  const isOld = await readFile(path.join(state, "database.sha256")).catch(() => undefined);
  return isOld && OWN_EMBEDDING;
}
