PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE schema_migration (
     number integer primary key, name text not null, applied_at text not null) strict;
INSERT INTO schema_migration VALUES(1,'journal-and-projections','2026-03-01T08:00:00.000Z');
INSERT INTO schema_migration VALUES(2,'notes-corrected-and-clock-doubts','2026-03-01T08:00:00.000Z');
CREATE TABLE journal (
     seq integer primary key, incident text not null, at text not null, actor text not null,
     type text not null, payload text, payload_hash text not null, prev_hash text not null,
     hash text not null unique) strict;
INSERT INTO journal VALUES(1,'0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a','2026-03-01T08:00:00.000Z','alex','incident_opened','{"description":"","determination":"suspected","impact":"medium","isDrill":false,"key":"INC-2026-0001","severity":"SEV2","times":{"detected":"2026-03-01T07:30:00.000Z"},"title":"Shop server shows a web shell","type":"web-compromise","urgency":"high"}','3fb532043024abfd12733d8e5e7adefcb9ba82cb882d843526e14a5d60b9c815','0000000000000000000000000000000000000000000000000000000000000000','d8f44e9ac4b9621bba9c05365ea256a15aff755ca2b494b2cdc111b5f507089d');
INSERT INTO journal VALUES(2,'0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b','2026-03-01T08:00:00.000Z','sam','incident_opened','{"description":"","determination":"suspected","impact":"medium","isDrill":true,"key":"INC-2026-0002","severity":"SEV2","times":{"detected":"2026-03-01T07:30:00.000Z"},"title":"A laptop is gone","type":"","urgency":"high"}','2c95c598c833b1770ddc49bf2dc5a26a894e216c929337f71f3e460ebdc1d39a','d8f44e9ac4b9621bba9c05365ea256a15aff755ca2b494b2cdc111b5f507089d','d1f1c3a37969d8ba6cbd0ca496b96fd6638444a32163706b8da8e832034b8bb6');
INSERT INTO journal VALUES(3,'0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a','2026-03-01T08:01:00.000Z','alex','note_added','{"happenedAt":"2026-03-01T07:20:00.000Z","kind":"detection","text":"seen on wed01","variables":{"host":"wed01"}}','3d112969f32a6f58c3b47b686b2754c2c5b56d12e96d19453fde9c2fb7d623d0','d1f1c3a37969d8ba6cbd0ca496b96fd6638444a32163706b8da8e832034b8bb6','e164312324751d4027d0c809b9c456765bdd7d34f4c2f3d21cc6a2835fc0a16f');
INSERT INTO journal VALUES(4,'0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a','2026-03-01T08:02:00.000Z','sam','note_added',NULL,'ab8efb8c6afb6a0489c70f88731284c33422bc8c98408f12f8cef0893de2d073','e164312324751d4027d0c809b9c456765bdd7d34f4c2f3d21cc6a2835fc0a16f','c4f3370eeba5188ea3883d710352442b9173415bbf4243af1f25a370f658bafb');
INSERT INTO journal VALUES(5,'0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a','2026-03-01T08:03:00.000Z','alex','note_corrected','{"note":3,"reason":"typo","text":"seen on web01"}','58673f5688ca96d56033eb4602acb7f580fadf0e7ce4c4d6143274d8bf17f85f','c4f3370eeba5188ea3883d710352442b9173415bbf4243af1f25a370f658bafb','eb1592af719b76edcbd51681aa2fddde2004448c143082db30fa6c9306c2ccfa');
INSERT INTO journal VALUES(6,'0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b','2026-03-01T08:03:00.000Z','alex','note_added','{"text":"it was in the drawer"}','9efa5906e931d39f6074121a129889e202d981f7c8f98e3d29d5a2922e367b63','eb1592af719b76edcbd51681aa2fddde2004448c143082db30fa6c9306c2ccfa','36b099109bc46180ed75ea0c5043b46c3697de5f178338db955e477b947d5055');
INSERT INTO journal VALUES(7,'0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b','2026-03-01T08:04:00.000Z','alex','note_withdrawn','{"note":6,"reason":"it was not"}','74e9d43874ca9c807935447fb6d1abdb1857402a06af5fb9e293e3cd1d086d0d','36b099109bc46180ed75ea0c5043b46c3697de5f178338db955e477b947d5055','c6f9d83f16cf6caf3dba80582a7815085bc80349f838fc07a3f577d911d0dc4b');
INSERT INTO journal VALUES(8,'0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a','2026-03-01T08:05:00.000Z','alex','command_started','{"argv":["cp","-a","/var/log/nginx","/evidence"],"host":"web01","stepId":"collect-logs","user":"root"}','4950143832f1de085c4f0efcb23c64cc97652c6e9619636ec7d49c65ef35f386','c6f9d83f16cf6caf3dba80582a7815085bc80349f838fc07a3f577d911d0dc4b','e3c3b3855b2369579548faed22aec79e4209496f988f37f7fb7a7aec66843ee4');
INSERT INTO journal VALUES(9,'0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a','2026-03-01T08:06:00.000Z','alex','command_finished','{"argv":["cp","-a","/var/log/nginx","/evidence"],"durationMs":12.5,"exitCode":0,"host":"web01","stderrHead":"","stderrSha256":"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb","stdoutHead":"","stdoutSha256":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","stepId":"collect-logs","user":"root"}','6009d77d49750feefa474825ae8caaaefbaa78447ce3d18f35d0ef16aad0cc5a','e3c3b3855b2369579548faed22aec79e4209496f988f37f7fb7a7aec66843ee4','f8a9551a03a736ee60c647f004e8798dc7c38cae3dc7f746418d26d8c1ca19a4');
INSERT INTO journal VALUES(10,'0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a','2026-03-01T08:07:00.000Z','alex','command_started','{"argv":["nft","list","ruleset"],"host":"web01","stepId":"block","user":"root"}','9063148a39cc2dcfcb2d41131e9b88d974d903a11064826a07dbd918f68369b7','f8a9551a03a736ee60c647f004e8798dc7c38cae3dc7f746418d26d8c1ca19a4','11c2aaea58c1280a97664314ecac985f21e4f3a330345e83f66363d7269553a0');
INSERT INTO journal VALUES(11,'0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a','2026-03-01T08:08:00.000Z','alex','step_done','{"note":"","phase":"triage","stepId":"collect-logs"}','262cae298f2a637fa8ae204092cac946b54e7c3c05e455a89ac3871277b08dee','11c2aaea58c1280a97664314ecac985f21e4f3a330345e83f66363d7269553a0','1aceeacb42adad463f03dabbd630d659ee80eb3237fa5b90aab79f27495f1b74');
INSERT INTO journal VALUES(12,'0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a','2026-03-01T08:09:00.000Z','alex','timeline_saved','{"argv":["timeline","."],"files":[{"firstUs":1772352000000000,"format":"nginx-access","joined":0,"lines":20,"parsed":19,"path":"access.log","sha256":"abababababababababababababababababababababababababababababababab","sizeBytes":4096,"skipped":1,"skips":{"not a request":{"count":1,"example":"\u001b[31m-","firstLine":7}}}],"findings":[{"count":1,"entities":{"source.ip":["203.0.113.7"]},"event":{"__proto__":{"polluted":true},"source":{"ip":"203.0.113.7"}},"evidence":[{"file":"access.log","line":3,"offset":210,"raw":"203.0.113.7 - - \"GET /up/x.php?c=id HTTP/1.1\" 200 \ud800","sha256":"abababababababababababababababababababababababababababababababab","timeUs":1772352000000000}],"firstUs":1772352000000001,"id":"f1","level":"high","rule":{"id":"00000000-0000-4000-8000-000000000001","level":"high","name":"web_shell_request","tactics":["persistence"],"techniques":["T1505.003"],"title":"Request to a web shell"}}]}','8d07678c0fbc2bc60b2e6687be8190b8c583ac4b47aee1f1eaaeb90598d126e7','1aceeacb42adad463f03dabbd630d659ee80eb3237fa5b90aab79f27495f1b74','66123f9411c8dd8e6aa3f624f93689c3d424812ef523aec01482143dc434f16c');
INSERT INTO journal VALUES(13,'0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a','2026-03-01T08:10:00.000Z','alex','payload_erased','{"entry":4,"payloadHash":"ab8efb8c6afb6a0489c70f88731284c33422bc8c98408f12f8cef0893de2d073","reason":"asked for by the person"}','44b877f7b2809d5769e118e43eab178bf6de1c0c28a60920f82bff18b0e3e0a8','66123f9411c8dd8e6aa3f624f93689c3d424812ef523aec01482143dc434f16c','4d69b9c47c9a05359cce7c73305cd6fbe988caf194b9b4eb12bfc2ee6e34e865');
INSERT INTO journal VALUES(14,'0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a','2026-03-01T08:11:00.000Z','alex','phase_changed','{"from":"triage","reason":"no time","to":"containment","waivedSteps":["scope"]}','f044e9008cff0686e058c9a7f50a682eee16f48f231dfbc98c78c4e9a939a1ea','4d69b9c47c9a05359cce7c73305cd6fbe988caf194b9b4eb12bfc2ee6e34e865','19b413ce770ca3596aba9f2c70a72496a5b5c0cfc4d1ae468942b809710dbac6');
INSERT INTO journal VALUES(15,'0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a','2026-03-01T08:12:00.000Z','alex','incident_updated','{"changes":{"determination":"confirmed","times":{"occurred":"2026-03-01T07:00:00.000Z"}},"reason":""}','187c4d9bcc6a40d902256a7c31b6866e75a535698a0d6b88d43994bce316f959','19b413ce770ca3596aba9f2c70a72496a5b5c0cfc4d1ae468942b809710dbac6','32ce5e32d06ba6290c77677ac32642198e6f00531d760f65bf9ad984892f228b');
INSERT INTO journal VALUES(16,'0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a','2026-03-01T08:13:00.000Z','alex','report_rendered','{"path":"report.md","sha256":"cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd","template":"postmortem"}','17ff49bbe7b2d9bddea19cff8f1cfb3e9e5be0e2ba9f1a8ac9b2219c8bbbba4c','32ce5e32d06ba6290c77677ac32642198e6f00531d760f65bf9ad984892f228b','df305fb8dc0c3adb03db1f7425611e49eeac5291255fe1e4de12df1e210d37ba');
CREATE TABLE incident (
     id text primary key, key text not null unique collate nocase, title text not null,
     description text not null, severity text not null, impact text not null, urgency text not null,
     type text not null, phase text not null, status text not null, determination text not null,
     occurred text, detected text, acknowledged text, declared text, contained text, eradicated text,
     recovered text, closed text, opened_by text not null, is_drill integer not null, phase_entered text not null default '{}') strict;
INSERT INTO incident VALUES('0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a','INC-2026-0001','Shop server shows a web shell','','SEV2','medium','high','web-compromise','containment','open','confirmed','2026-03-01T07:00:00.000Z','2026-03-01T07:30:00.000Z','2026-03-01T08:05:00.000Z','2026-03-01T08:00:00.000Z',NULL,NULL,NULL,NULL,'alex',0,'{"containment":"2026-03-01T08:11:00.000Z","triage":"2026-03-01T08:00:00.000Z"}');
INSERT INTO incident VALUES('0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b','INC-2026-0002','A laptop is gone','','SEV2','medium','high','','triage','open','suspected',NULL,'2026-03-01T07:30:00.000Z',NULL,'2026-03-01T08:00:00.000Z',NULL,NULL,NULL,NULL,'sam',1,'{"triage":"2026-03-01T08:00:00.000Z"}');
CREATE TABLE step (
     incident text not null references incident (id), step_id text not null, phase text not null,
     status text not null, reason text not null, at text, actor text not null,
     primary key (incident, step_id)) strict;
INSERT INTO step VALUES('0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a','collect-logs','triage','done','','2026-03-01T08:08:00.000Z','alex');
INSERT INTO step VALUES('0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a','scope','triage','waived','no time','2026-03-01T08:11:00.000Z','alex');
CREATE TABLE note (
     seq integer primary key references journal (seq), incident text not null references incident (id),
     at text not null, actor text not null, kind text not null, text text not null, step_id text, happened_at text, corrections text not null default '[]', withdrawn text, variables text) strict;
INSERT INTO note VALUES(3,'0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a','2026-03-01T08:01:00.000Z','alex','detection','seen on wed01',NULL,'2026-03-01T07:20:00.000Z','[{"actor":"alex","at":"2026-03-01T08:03:00.000Z","reason":"typo","seq":5,"text":"seen on web01"}]',NULL,'{"host":"wed01"}');
INSERT INTO note VALUES(6,'0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b','2026-03-01T08:03:00.000Z','alex','note','it was in the drawer',NULL,NULL,'[]','{"actor":"alex","at":"2026-03-01T08:04:00.000Z","reason":"it was not","seq":7}',NULL);
CREATE TABLE command_run (
     seq integer primary key references journal (seq), incident text not null references incident (id),
     step_id text not null, at text not null, actor text not null, host text not null,
     argv text not null, exit_code integer, duration_ms real not null, stdout_sha256 text not null,
     stderr_sha256 text not null, stdout_head text not null, stderr_head text not null) strict;
INSERT INTO command_run VALUES(8,'0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a','collect-logs','2026-03-01T08:05:00.000Z','alex','web01','["cp","-a","/var/log/nginx","/evidence"]',0,12.5,'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb','','');
INSERT INTO command_run VALUES(10,'0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a','block','2026-03-01T08:07:00.000Z','alex','web01','["nft","list","ruleset"]',NULL,0.0,'','','','');
CREATE TABLE finding (
     incident text not null references incident (id), id text not null, level text not null,
     first_us integer, document text not null, primary key (incident, id)) strict;
INSERT INTO finding VALUES('0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a','f1','high',1772352000000001,'{"count":1,"entities":{"source.ip":["203.0.113.7"]},"event":{"__proto__":{"polluted":true},"source":{"ip":"203.0.113.7"}},"evidence":[{"file":"access.log","line":3,"offset":210,"raw":"203.0.113.7 - - \"GET /up/x.php?c=id HTTP/1.1\" 200 \ud800","sha256":"abababababababababababababababababababababababababababababababab","timeUs":1772352000000000}],"firstUs":1772352000000001,"id":"f1","level":"high","rule":{"id":"00000000-0000-4000-8000-000000000001","level":"high","name":"web_shell_request","tactics":["persistence"],"techniques":["T1505.003"],"title":"Request to a web shell"}}');
CREATE TABLE source_file (
     incident text not null references incident (id), sha256 text not null, path text not null,
     evidence_no text not null, document text not null, primary key (incident, sha256, path)) strict;
INSERT INTO source_file VALUES('0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a','abababababababababababababababababababababababababababababababab','access.log','E-001','{"evidenceNo":"E-001","firstUs":1772352000000000,"format":"nginx-access","joined":0,"lines":20,"parsed":19,"path":"access.log","savedAt":"2026-03-01T08:09:00.000Z","savedBy":"alex","sha256":"abababababababababababababababababababababababababababababababab","sizeBytes":4096,"skipped":1,"skips":{"not a request":{"count":1,"example":"\u001b[31m-","firstLine":7}}}');
CREATE TABLE report (
     seq integer primary key references journal (seq), incident text not null references incident (id),
     at text not null, actor text not null, path text not null, sha256 text not null,
     template text not null) strict;
INSERT INTO report VALUES(16,'0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a','2026-03-01T08:13:00.000Z','alex','report.md','cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd','postmortem');
CREATE TABLE setting (name text primary key, value text not null) strict;
INSERT INTO setting VALUES('current_incident','0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a');
CREATE TABLE clock_doubt (
     seq integer primary key references journal (seq), incident text not null references incident (id),
     at text not null, before_seq integer not null, before_at text not null, kind text not null) strict;
CREATE INDEX journal_by_incident on journal (incident, seq);
CREATE TRIGGER journal_keeps_entries before delete on journal
     begin select raise(abort, 'the journal is append-only'); end;
CREATE TRIGGER journal_keeps_content before update on journal
     when new.payload is not null or old.payload is null or new.seq is not old.seq
       or new.incident is not old.incident or new.at is not old.at or new.actor is not old.actor
       or new.type is not old.type or new.payload_hash is not old.payload_hash
       or new.prev_hash is not old.prev_hash or new.hash is not old.hash
     begin select raise(abort, 'the journal is append-only'); end;
CREATE INDEX note_by_incident on note (incident, seq);
CREATE INDEX command_run_by_incident on command_run (incident, seq);
CREATE INDEX note_that_settles on note (incident, seq) where variables is not null;
CREATE INDEX clock_doubt_by_incident on clock_doubt (incident, seq);
COMMIT;
PRAGMA user_version = 2;
PRAGMA application_id = 1230128194;
