import { resolve } from 'node:path';
import type { SourceFile } from '../../../policy-service/src/application/ports';
import { readBundleFolder } from '../../../policy-service/src/bundle/read-folder';

/** What ships, with its test cases. */
export const SHIPPED: SourceFile[] = readBundleFolder(
  resolve(__dirname, '../../../policy-service'),
);
export const RULES = 'policies/shipped.yaml';

/** The shipped bundle with one text of its rules replaced. */
export function shippedWith(from: string | RegExp, to: string, path = RULES): SourceFile[] {
  const files = SHIPPED.map((file) =>
    file.path === path ? { ...file, text: file.text.replace(from, to) } : file,
  );
  expect(files).not.toEqual(SHIPPED);
  return files;
}

/** Without its test cases, which would fail where rules differ. */
export function withoutCases(files: SourceFile[]): SourceFile[] {
  return files.filter(({ path }) => !path.startsWith('tests/'));
}

/** Inventory changes above 500 units need approval; here, above another number. */
export function stricterStock(units: number): SourceFile[] {
  return withoutCases(shippedWith('arguments.quantity > 500', `arguments.quantity > ${units}`));
}
