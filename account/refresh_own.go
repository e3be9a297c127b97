package account

import "context"

// MintedHere reports whether this server, or another instance of it, made the refresh token, whatever became of its
// session. It asks the keyring alone, not the store. Its error says that the key could not be read.
func (s *Service) MintedHere(ctx context.Context, token string) (bool, error) {
	key, err := s.keys.RefreshKey(ctx)
	if err != nil {
		return false, err
	}
	_, ok := parse(key, token)
	return ok, nil
}
