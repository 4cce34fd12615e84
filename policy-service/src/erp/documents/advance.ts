import { Contradiction, Lost, Refused, Unreachable } from './outcomes';
import type { Walk } from './walk';

/** A document of an ERP that is created and then led through its states. */
export interface ErpDocument {
  id: number;
  state: string;
}

/** What comes next for a document in its present state. */
export type NextMove =
  /** It is where it was to be led. */
  | { finished: true }
  /** It came to an end in which it has no effect, such as cancelled. */
  | { ended: string }
  /** A button, or several calls that have its effect. */
  | {
      name: string;
      /** @returns a sentence when the ERP answered that it did not do it */
      press(): Promise<string | undefined>;
      /** Pressing it twice has the effect of once. */
      repeatable: boolean;
    };

/** How one kind of document is found, created, led to its end and taken back. */
export interface DocumentFlow<D extends ErpDocument> {
  /** For sentences: "payment". */
  what: string;
  /** All documents with the reference, in any state. */
  find(): Promise<D[]>;
  create(): Promise<void>;
  /** Creating twice makes one document, because the ERP itself sees to it. */
  createsOnce: boolean;
  /** A sentence when the document that carries the reference is not what was asked for. */
  differs(document: D): Promise<string | undefined>;
  next(document: D): NextMove;
  /** Takes back a document that was not finished. @returns whether that was possible */
  abandon(document: D): Promise<boolean>;
}

/** More moves than any document needs: a flow that turns in a circle ends here. */
const MOST_MOVES = 12;
/** How often something that showed no effect is tried or looked for again. */
const TRIES = 3;

/**
 * Leads the document with the reference from wherever it is to its end, creating it when there is
 * none. The state is read back after each move, because an ERP's button that does nothing answers
 * like one that works.
 * @throws Refused when the ERP holds nothing of it, Lost or Contradiction when nobody can say
 */
export async function advance<D extends ErpDocument>(
  walk: Walk,
  flow: DocumentFlow<D>,
): Promise<D> {
  let document = (await single(flow)) ?? (await create(walk, flow));
  walk.holds = inWords(flow, document);
  const difference = await flow.differs(document);
  if (difference !== undefined) throw new Contradiction(difference);
  let idle = 0;
  for (let moves = 0; moves < MOST_MOVES; moves += 1) {
    walk.holds = inWords(flow, document);
    const next = flow.next(document);
    if ('finished' in next) return document;
    if ('ended' in next) {
      walk.holds = undefined;
      walk.readBack();
      throw new Refused(next.ended);
    }
    const { lost, refusal } = await press(next.press);
    if (refusal !== undefined) return abandon(walk, flow, document, refusal);
    if (lost) await walk.settle();
    const before = document.state;
    document = await mustExist(walk, flow);
    if (document.state !== before) {
      idle = 0;
      continue;
    }
    idle += 1;
    if (lost && !next.repeatable) {
      await walk.settle();
      document = await mustExist(walk, flow);
      if (document.state === before) throw lost;
    }
    if (idle >= TRIES) {
      const sentence = `The ERP accepted "${next.name}", but the ${flow.what} stayed ${before}.`;
      return abandon(walk, flow, document, sentence);
    }
  }
  throw new Contradiction(`The ${flow.what} does not come to its end.`);
}

/** The one document with the reference. @throws Contradiction when there are several */
export async function single<D extends ErpDocument>(flow: {
  what: string;
  find(): Promise<D[]>;
}): Promise<D | undefined> {
  const found = await flow.find();
  if (found.length > 1) {
    const ids = found.map(({ id }) => id).join(', ');
    throw new Contradiction(`The ERP holds several documents for this ${flow.what}: ${ids}.`);
  }
  return found[0];
}

function inWords<D extends ErpDocument>({ what }: DocumentFlow<D>, { id, state }: D): string {
  return `the ${what} with the internal id ${id} in state ${state}`;
}

async function create<D extends ErpDocument>(walk: Walk, flow: DocumentFlow<D>): Promise<D> {
  let lost: Lost | undefined;
  for (let tries = 0; tries < TRIES; tries += 1) {
    if (tries === 0 || flow.createsOnce) {
      try {
        await flow.create();
        lost = undefined;
      } catch (error) {
        if (!(error instanceof Lost)) throw error;
        lost = error;
        walk.holds = `perhaps the ${flow.what}`;
      }
    }
    // What was received is finished without us, and is not seen before it is finished.
    if (lost) await walk.settle();
    const document = await single(flow);
    if (document) return document;
  }
  throw lost ?? new Contradiction(`The ERP created the ${flow.what}, but does not show it.`);
}

async function press(
  move: () => Promise<string | undefined>,
): Promise<{ lost?: Lost; refusal?: string }> {
  try {
    return { refusal: await move() };
  } catch (error) {
    if (error instanceof Lost) return { lost: error };
    if (error instanceof Refused || error instanceof Unreachable) return { refusal: error.message };
    throw error;
  }
}

async function mustExist<D extends ErpDocument>(walk: Walk, flow: DocumentFlow<D>): Promise<D> {
  const document = await single(flow);
  if (document) return document;
  throw new Contradiction(`The ${flow.what} is no longer in the ERP: it held ${walk.holds}.`);
}

/** A document that does not come to its end must not stay behind half done. */
async function abandon<D extends ErpDocument>(
  walk: Walk,
  flow: DocumentFlow<D>,
  document: D,
  reason: string,
): Promise<never> {
  if (await flow.abandon(document)) {
    walk.holds = undefined;
    walk.readBack();
  }
  throw new Refused(reason);
}
