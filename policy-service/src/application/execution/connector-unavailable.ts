import { AppError, againOnce } from '../../domain/errors';
import type { ConnectorUnavailable } from '../ports';

/**
 * A call that was refused before anything was sent, because an ERP gives no usable answer.
 * @param why a sentence
 */
export function connectorUnavailable(
  connector: string,
  why: string,
  remedy: ConnectorUnavailable['remedy'],
): AppError {
  return new AppError(
    'connector_unavailable',
    `${why} Nothing was sent and the request is unchanged. ${againOnce(remedy)}`,
    { connector, remedy },
  );
}
