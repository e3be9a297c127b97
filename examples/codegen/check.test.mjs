// The schema as graphql-codegen, graphql-inspector and TypeScript see it.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { buildSchema, validateSchema } from 'graphql';

const npx = (...args) => spawnSync('npx', ['--no-install', ...args], { encoding: 'utf8' });
const passes = (...args) => {
  const { status, stdout, stderr } = npx(...args);
  assert.equal(status, 0, stdout + stderr);
  return stdout;
};
const sdl = (...args) => execFileSync('go', ['run', '.', 'schema', ...args], { cwd: '../..', encoding: 'utf8' });

writeFileSync('schema.graphql', sdl());
writeFileSync('nobody.graphql', sdl('--as', 'nobody'));

test('graphql-js reads it, and descriptions say what a field needs', () => {
  for (const file of ['schema.graphql', 'nobody.graphql']) {
    assert.deepEqual(validateSchema(buildSchema(readFileSync(file, 'utf8'))), []);
  }
  const users = buildSchema(readFileSync('schema.graphql', 'utf8')).getQueryType().getFields().users;
  assert.match(users.description, /Needs USERS_READ\./);
});

test('graphql-codegen makes types of it that TypeScript finds strictly right', () => {
  passes('graphql-codegen', '--config', 'codegen.json');
  passes('tsc', '--project', '.');
});

test('TypeScript refuses what may be null, and what the schema does not have', () => {
  const wrong = `import type { ResultOf } from '@graphql-typed-document-node/core';
    import { page, signIn } from './page';
    export const id = (p: ResultOf<typeof page>) => p.me.id;
    export const token = (s: ResultOf<typeof signIn>): string => s.login?.accessToken;
    export const none = (p: ResultOf<typeof page>) => p.nonsense;`;
  writeFileSync('src/wrong.ts', wrong);
  try {
    const { status, stdout } = npx('tsc', '--project', '.');
    assert.notEqual(status, 0);
    assert.equal(stdout.match(/src\/wrong\.ts\(\d+,\d+\): error/g)?.length, 4, stdout);
  } finally {
    execFileSync('rm', ['src/wrong.ts']);
  }
});

test('graphql-inspector reads it and finds the documents valid', () => {
  passes('graphql-inspector', 'introspect', 'schema.graphql', '--write', 'introspection.json');
  passes('graphql-inspector', 'validate', 'src/page.ts', 'schema.graphql');
  assert.notEqual(npx('graphql-inspector', 'validate', 'src/page.ts', 'nobody.graphql').status, 0);
});

test('what nobody is shown is a part of the whole', () => {
  assert.match(passes('graphql-inspector', 'diff', 'nobody.graphql', 'schema.graphql'), /No breaking changes/);
  assert.notEqual(npx('graphql-inspector', 'diff', 'schema.graphql', 'nobody.graphql').status, 0);
});
