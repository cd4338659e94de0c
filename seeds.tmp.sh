sed 's/numRuns: 1_000 }/numRuns: 20_000 }/' lib/auth/passkeys/assertion.test.ts > lib/auth/passkeys/fuzz.test.ts
for i in 1 2 3 4 ; do /tmp/brief/heavy npx playwright test --project=unit --workers=1 --reporter=line --timeout=600000 lib/auth/passkeys/fuzz 2>&1 | grep -i "counterex\|passed\|failed$\|Expected\|Received"; done
rm lib/auth/passkeys/fuzz.test.ts
