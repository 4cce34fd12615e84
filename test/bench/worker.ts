import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** A process of the benchmark that answers one message at a time; it ends when we do. */
export class Worker<Question, Answer> {
  private constructor(
    private readonly file: string,
    private readonly child: ChildProcess,
  ) {}

  /** @param file in this folder; it must call `answerMessages` */
  static start<Question, Answer>(file: string): Worker<Question, Answer> {
    return new Worker(
      file,
      fork(join(__dirname, file), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] }),
    );
  }

  /** @throws Error with what the process said when it failed */
  async ask(question: Question): Promise<Answer> {
    const settled = new AbortController();
    const { signal } = settled;
    const reply = Promise.race([
      once(this.child, 'message', { signal }),
      once(this.child, 'exit', { signal }).then(() => [{ error: `${this.file} has ended.` }]),
    ]);
    this.child.send({ question });
    try {
      const [said] = (await reply) as [{ answer: Answer } | { error: string }];
      if ('error' in said) throw new Error(said.error);
      return said.answer;
    } finally {
      settled.abort();
    }
  }

  stop(): void {
    this.child.disconnect();
  }
}

/** The worker's side: answers every question until the benchmark lets go of it. */
export function answerMessages<Question, Answer>(
  answer: (question: Question) => Promise<Answer>,
): void {
  process.on('message', ({ question }: { question: Question }) => {
    answer(question).then(
      (given) => process.send?.({ answer: given }),
      (error: unknown) =>
        process.send?.({ error: error instanceof Error ? error.message : String(error) }),
    );
  });
  process.on('disconnect', () => process.exit());
}
