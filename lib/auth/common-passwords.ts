/**
 * The passwords of eight characters and more that leaked lists name first, in lower case. Shorter
 * ones are refused by their length.
 */
export const COMMON_PASSWORDS: ReadonlySet<string> = new Set(
  `0123456789 0987654321 1111111111 11111111 12121212 12341234 123123123 1234512345 12345678
   123456789 1234567890 123456789a 12345678a 1234qwer 123abc123 123qweasd 147258369 1q2w3e4r
   1q2w3e4r5t 1qaz2wsx 22222222 31415926 55555555 66666666 77777777 87654321 88888888 987654321
   99999999 a1234567 a12345678 a123456789 aa123456 aaaaaaaa abc12345 abcd1234 abcdefgh access14
   admin123 administrator alexander america1 asdasdasd asdf1234 asdfasdf asdfghjk asdfghjkl
   baseball baseball1 basketball benjamin blink182 bluebird butterfly caroline catherine
   changeme changeme1 charlie1 chocolate christian computer corvette danielle december dolphins
   dragon12 drowssap elizabeth einstein facebook fernando firebird football football1 freedom1
   garfield gateway1 godzilla greenday hello123 helloworld hercules hurricane iloveyou iloveyou1
   iloveyou2 infinity internet isabella jennifer jessica1 jonathan jordan23 justinbieber kimberly
   letmein1 letmein123 liverpool lovelove marlboro master123 maverick metallic michael1 michelle
   microsoft midnight monkey123 mountain mustang1 myspace1 november p@ssw0rd p@ssword pa55word
   pass1234 passpass passw0rd password password! password1 password11 password12 password123
   password1234 patricia platinum pokemon1 princess princess1 q1w2e3r4 q1w2e3r4t5 qazwsx123
   qazwsxedc qwer1234 qwerasdf qwert123 qwerty12 qwerty123 qwerty1234 qwertyui qwertyuiop rainbow1
   rockstar samantha samsung1 scooter1 secret123 september shadow12 slipknot snowball softball
   spiderman squirrel starwars steelers stephanie strawberry sunshine sunshine1 superman superman1
   superstar sweetheart swordfish test1234 testtest tinkerbell trustno1 valentina victoria
   welcome1 welcome123 whatever williams winston1 yankees1 zaq12wsx zxcvbnm1 zxcvbnm123
   correcthorsebatterystaple`.split(/\s+/),
)
