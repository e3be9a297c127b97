// Package seal encrypts secrets at rest: signing keys and whatever else lies in
// the database but must not be of use to someone who reads a backup of it. It
// owns the sealed format, the list of secrets (the first seals, all open), and
// the secret file that is made where no secret is configured.
//
// A sealed value opens only for the purpose and the subject (the row's id) it
// was sealed for, so that an attacker who can write to the database gains nothing
// by moving it to another row or column.
//
// Rotation: put a new secret in front, restart, seal again what is Stale, drop
// the old secret.
package seal
