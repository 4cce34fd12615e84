import type { ConditionScope } from '../conditions/condition';
import type { Undecided } from './decide';
import { localTime } from '../local-time';

/** What conditions read of a request. */
export function scopeOf({ request, policy, facts, now, timeZone }: Undecided): ConditionScope {
  const { hour, weekday } = localTime(now, timeZone);
  const { channel } = request.context;
  return {
    subject: request.subject,
    action: policy.action,
    arguments: request.arguments ?? {},
    intent: { confidence: request.intent?.confidence ?? 0 },
    facts,
    context: {
      source: request.source,
      ...(typeof channel === 'string' ? { channel } : {}),
      hour,
      weekday,
    },
    now: now.getTime(),
  };
}
