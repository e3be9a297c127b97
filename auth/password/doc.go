// Package password decides which passwords are acceptable ([Check]) and keeps
// them as bcrypt hashes ([Hasher]). It owns the scheme of the stored value, the
// bound on how many hashes are computed at once, and the decoy that makes an
// unknown account cost as much as a known one.
//
// The list of common passwords, common.txt, holds 49,233 passwords in lower
// case, in the order of their bytes. It is the list of @zxcvbn-ts/language-common
// 4.1.3 (MIT, see LICENSE-common.txt), counted from the ten million passwords
// that Mark Burnett published in 2015. It is made again by
//
//	npm pack @zxcvbn-ts/language-common@4.1.3
//	tar -xzf zxcvbn-ts-language-common-4.1.3.tgz
//	jq -r '.[]' package/src/passwords.json | LC_ALL=C sort > common.txt
package password
