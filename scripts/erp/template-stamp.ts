import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Says whether a seeded template still fits what it was made from. */
export class TemplateStamp {
  private readonly file: string;
  private readonly wanted: string;

  /** @param madeFrom scripts, package versions and whatever else changes the template */
  constructor(dir: string, madeFrom: string[]) {
    this.file = join(dir, 'template.stamp');
    this.wanted = createHash('sha256').update(madeFrom.join('\0')).digest('hex');
  }

  fits(): boolean {
    return existsSync(this.file) && readFileSync(this.file, 'utf8') === this.wanted;
  }

  /** Call it last, so that a template that was cut short is made again. */
  write(): void {
    writeFileSync(this.file, this.wanted);
  }
}
