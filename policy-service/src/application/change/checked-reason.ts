import { AppError } from '../../domain/errors';

/** Longest reason: one or two sentences that fit a banner. */
export const REASON_LENGTH = 500;

/**
 * Why somebody stops or lifts, without blanks around it.
 * @param what completes "Say why execution ..."
 * @throws AppError `invalid_parameter`
 */
export function checkedReason(text: string, what: string): string {
  const reason = text.trim();
  if (reason !== '' && reason.length <= REASON_LENGTH) return reason;
  const message =
    reason === ''
      ? `Say why execution ${what}: a reason is required, and it is recorded.`
      : `Keep the reason within ${REASON_LENGTH} characters.`;
  throw new AppError('invalid_parameter', message, {}, [{ pointer: '/reason', message }]);
}
