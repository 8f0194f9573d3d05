import type { Document } from "../../cli/document.ts";
import { readConversations, type Conversation } from "../sets/conversations.ts";
import type { Question } from "../sets/question.ts";
import { readSet } from "../sets/read-set.ts";
import { readUnseenSquad } from "../unseen-questions.ts";

export interface AblationSet {
  name: string;
  questions: Question[];
  /** Whether the chat is asked, too. */
  chat: boolean;
  conversations: Conversation[];
}

/** Documents, which are ingested once, and the sets of questions about them. */
export interface Corpus {
  name: string;
  documents: Document[];
  sets: AblationSet[];
  /** Folders of ../shared/data. */
  needs: string[];
}

const MOST_QUESTIONS = 1000;

export const CORPORA: Record<
  string,
  { needs: string[]; read: () => Promise<Omit<Corpus, "needs" | "name">> }
> = {
  demo: { needs: [], read: readDemo },
  "scifact-mini": { needs: ["scifact-mini"], read: () => readOne("scifact-mini") },
  "squad2-dev": { needs: ["squad2-dev"], read: readSquad },
  "arduino-help-center": { needs: ["arduino-help-center", "clinc150"], read: readArduino },
  "tau-banking-kb": { needs: ["tau-banking-kb"], read: () => readOne("tau-banking-kb") },
};

async function readDemo() {
  const golden = await readSet("demo");
  const hard = await readSet("demo", { questionFile: "hard.jsonl" });
  const ids = golden.documents.map((document) => document.external_id);
  const conversations = await readConversations(golden.folder, "conversations.jsonl", ids);
  return {
    documents: golden.documents,
    sets: [
      { name: "demo golden", questions: golden.questions, chat: true, conversations: [] },
      { name: "demo hard", questions: hard.questions, chat: true, conversations: [] },
      { name: "demo conversations", questions: [], chat: true, conversations },
    ],
  };
}

async function readOne(name: string) {
  const { documents, questions } = await readSet(name);
  return { documents, sets: [{ name, questions, chat: false, conversations: [] }] };
}

async function readSquad() {
  const { name, documents, questions } = await readUnseenSquad(MOST_QUESTIONS);
  return { documents, sets: [{ name, questions, chat: false, conversations: [] }] };
}

async function readArduino() {
  const { name, documents, questions } = await readSet("arduino-help-center", {
    questionFile: "eval/questions/arduino.jsonl",
    offTopic: "clinc150",
  });
  return { documents, sets: [{ name, questions, chat: false, conversations: [] }] };
}
