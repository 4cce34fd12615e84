import type { AddressInfo } from 'node:net';
import { randomUUID } from 'node:crypto';
import Database from 'better-sqlite3';
import express from 'express';
import { answerMessages } from './worker';

/** What the service is measured by: a route that parses JSON and stores one row durably. */
export interface BaselineQuestion {
  /** Path of the database file. */
  file: string;
}
export interface BaselineAnswer {
  /** Base URL; rows are posted to /requests. */
  url: string;
}

answerMessages(async ({ file }: BaselineQuestion): Promise<BaselineAnswer> => {
  const db = new Database(file);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.exec('CREATE TABLE requests (id TEXT PRIMARY KEY, received_at TEXT, body TEXT)');
  const insert = db.prepare('INSERT INTO requests (id, received_at, body) VALUES (?, ?, ?)');
  const app = express();
  app.use(express.json());
  app.post('/requests', (req, res) => {
    const id = randomUUID();
    insert.run(id, new Date().toISOString(), JSON.stringify(req.body));
    res.json({ id, state: 'stored' });
  });
  app.get('/cpu', (_req, res) => {
    const { user, system } = process.cpuUsage();
    res.json((user + system) / 1e6);
  });
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
});
