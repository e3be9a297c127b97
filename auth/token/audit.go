package token

import "context"

// auditPurpose parts the key of the audit log from everything else that is sealed.
const auditPurpose = "audit"

// AuditKeyID is the name by which List and Revoke know the root key of the audit log. If it is replaced, what it has
// chained can't be proven any more, nor what is personal in that be read.
const AuditKeyID = "audit"

// AuditKey returns the root key of the audit log.
func (k *Keyring) AuditKey(ctx context.Context) ([]byte, error) {
	ring, err := k.current(ctx)
	if err != nil {
		return nil, err
	}
	if err := ring.opens(AuditKeyID); err != nil {
		return nil, err
	}
	return ring.audit, nil
}

// OpenAuditKey returns the root key of the audit log, and opens no other: it works when one of those can't be opened.
func OpenAuditKey(ctx context.Context, store KeyStore, sealer Sealer) ([]byte, error) {
	stored, err := store.Keys(ctx)
	if err != nil {
		return nil, err
	}
	return openRoot(sealer, auditPurpose, stored)
}
