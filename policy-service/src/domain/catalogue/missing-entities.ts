import type { EntityReference } from './action';
import type { JsonObject, ValidationIssue } from '../request/request';

/** One issue an argument for references to records that the ERP does not have. */
export function missingEntityIssues(
  missing: EntityReference[],
  values: JsonObject,
): ValidationIssue[] {
  const issues = missing.map((entity) => ({
    pointer: entity.pointer,
    code: 'entity_not_found',
    message: `There is no ${entity.name.replaceAll('_', ' ')} ${Object.values(entity.with)
      .map((argument) => String(values[argument]))
      .join(' in ')}.`,
  }));
  return issues.filter(
    (issue, index) => issues.findIndex(({ pointer }) => pointer === issue.pointer) === index,
  );
}
