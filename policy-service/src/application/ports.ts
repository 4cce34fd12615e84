/** What the use cases need from outside; compose.ts says by what it is filled. */
export * from './ports/change-set';
export * from './ports/clock';
export * from './ports/connector';
export * from './ports/extractor';
export * from './ports/sealer';
export * from './ports/store';
