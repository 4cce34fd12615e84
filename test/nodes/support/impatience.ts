import { limits } from '../../../nodes/shared/limits';
import type { Answer } from './stub-service';

const usual = limits.callTimeoutMs;

/**
 * Lets the next `calls` calls of a node give up soon, if the service is to keep silent; every other
 * call has the time that it has in production, so that a busy machine changes nothing.
 * @returns ends it
 */
export function impatientWith(answer: Answer | 'down', calls = Infinity): () => void {
  const silent = answer !== 'down' && 'broken' in answer && answer.broken === 'hang';
  let left = silent ? calls : 0;
  // Where more calls follow, the silent one has to have arrived before it is given up.
  const patienceMs = calls === Infinity ? 60 : 1_500;
  const property = { configurable: true, enumerable: true };
  Object.defineProperty(limits, 'callTimeoutMs', {
    ...property,
    get: () => (left-- > 0 ? patienceMs : usual),
  });
  return () => {
    Object.defineProperty(limits, 'callTimeoutMs', { ...property, writable: true, value: usual });
  };
}
