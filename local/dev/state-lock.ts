import { mkdirSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";

/**
 * Takes a state folder for this process: two instances would lock each other's databases. The lock is one of the operating system, which
 * releases it with the process, however that ends.
 * @returns releases the lock
 * @throws Error for the user if an instance runs on the folder
 */
export function lockState(state: string): () => void {
  mkdirSync(state, { recursive: true });
  const lock = new DatabaseSync(path.join(state, "lock.sqlite"));
  try {
    lock.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
  } catch (error) {
    lock.close();
    if (!/locked/.test(String(error))) throw error;
    throw new Error(
      `Another instance runs on the folder ${state}. Stop it, or choose another folder: EDGEWISE_STATE=.edgewise/other npm start`,
      { cause: error },
    );
  }
  return () => {
    if (lock.isOpen) lock.close();
  };
}
