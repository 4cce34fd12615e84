import { answerMessages } from '../../../policy-service/src/threads/answer-messages';

/** Does what it is told: answers, throws, never ends, or fills its memory. */
answerMessages((message: { echo?: unknown; fail?: string; spin?: boolean; fill?: boolean }) => {
  if (message.fail !== undefined) throw new Error(message.fail);
  for (; message.spin;);
  for (const kept: unknown[] = []; message.fill;) kept.push(new Array(10_000).fill(kept.length));
  return message.echo;
});
