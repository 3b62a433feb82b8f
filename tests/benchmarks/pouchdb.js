// The peer of peers.py: PouchDB's own replication, in batches of 20, to express-pouchdb; LevelDB at both ends, as they come.
//   node pouchdb.js server FOLDER                      → {"port"}
//   node pouchdb.js client FOLDER COUNT SIZE PAGE URL  → {"written", "seconds"}; PAGE: bytes of an attachment each, 0 for none
const PouchDB = require('pouchdb');
const crypto = require('crypto');
const path = require('path');
const [mode, folder, count, size, page, url] = process.argv.slice(2);

function serve() {
  const express = require('express');
  const Here = PouchDB.defaults({ prefix: folder + path.sep });
  const options = { mode: 'minimumForPouchDB', inMemoryConfig: true, logPath: path.join(folder, 'log.txt') };
  const app = express();
  app.use('/', require('express-pouchdb')(Here, options));
  const server = require('http').createServer(app);
  server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ port: server.address().port })));
}

function made(number) {
  const made = { _id: 'case-' + String(number).padStart(6, '0'), text: crypto.randomBytes(size / 2).toString('hex') };
  if (Number(page)) {
    const data = crypto.randomBytes(Number(page)).toString('base64');
    made._attachments = { page: { content_type: 'image/jpeg', data } };
  }
  return made;
}

async function send() {
  const local = new PouchDB(path.join(folder, 'local'));
  for (let first = 0; first < count; first += 100) {
    const numbers = [...Array(Math.min(100, count - first)).keys()];
    await local.bulkDocs(numbers.map((number) => made(first + number)));
  }
  const began = process.hrtime.bigint();
  const done = await local.replicate.to(new PouchDB(url + '/cases'), { batch_size: 20 });
  const seconds = Number(process.hrtime.bigint() - began) / 1e9;
  console.log(JSON.stringify({ written: done.docs_written, seconds }));
  process.exit(0);
}

if (mode === 'server') serve(); else send();
