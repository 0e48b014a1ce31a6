/** The real aws CLI, loaded once: loading it takes half a second, and a test calls it a hundred times. */
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Loads the CLI, then runs each call in a child of its own, on the files of the caller. */
const SERVER = `import os, socket, sys
from awscli.clidriver import create_clidriver
driver = create_clidriver()
for service in ('iam', 'ec2', 's3', 'wafv2'):
    driver.session.get_service_model(service)
server = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
server.bind(sys.argv[1])
server.listen(64)
while True:
    connection, _ = server.accept()
    if os.fork() == 0:
        if os.fork() != 0:
            os._exit(0)
        words, files, _, _ = socket.recv_fds(connection, 100000, 2)
        for number, file in enumerate(files):
            os.dup2(file, number + 1)
        try:
            code = driver.main(words.decode().split('\\0')[1:])
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
        sys.stdout.flush()
        sys.stderr.flush()
        connection.send(str(code).encode())
        os._exit(0)
    connection.close()
    os.wait()
`;

const client = (python: string, socket: string): string => `#!${python} -ISE
import _socket, array, sys
server = _socket.socket(_socket.AF_UNIX, _socket.SOCK_SEQPACKET)
server.connect('${socket}')
files = array.array('i', [1, 2])
server.sendmsg(['\\0'.join(['aws'] + sys.argv[1:]).encode()], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, files)])
sys.exit(int(server.recv(9) or b'1'))
`;

/** Writes a program `aws` into a folder; gives the argv of what must run for it, and its socket. */
export function writeAws(folder: string, python: string): { server: string[]; socket: string } {
  const socket = join(folder, 'socket');
  writeFileSync(join(folder, 'server.py'), SERVER);
  writeFileSync(join(folder, 'aws'), client(python, socket));
  chmodSync(join(folder, 'aws'), 0o755);
  return { server: [python, join(folder, 'server.py'), socket], socket };
}
