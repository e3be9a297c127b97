.PHONY: test race lint generate web ci

test:
	go test ./...

race:
	go test -race ./...

lint:
	golangci-lint run

generate:
	go generate ./...

web:
	cd web && npm ci && npm run check && npm run build

ci:
	bash .ci/run
