// A complete configuration as a folder has it before the console is started.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** The password that no page may show. */
export const MOUNTED_SECRET = "mounted-secret-value";

export const COMPLETE = `
SERVER_HOSTNAME: quay.example.com
PREFERRED_URL_SCHEME: https
EXTERNAL_TLS_TERMINATION: true
DB_URI: postgresql://quayuser:${MOUNTED_SECRET}@db01.example.com/quaydb
DB_CONNECTION_ARGS: {threadlocals: true, autorollback: true}
BUILDLOGS_REDIS: {host: redis.example.com, password: ${MOUNTED_SECRET}}
USER_EVENTS_REDIS: {host: redis.example.com}
DISTRIBUTED_STORAGE_CONFIG:
  default:
    - RadosGWStorage
    - {hostname: ceph04.example.com, is_secure: true, access_key: ${MOUNTED_SECRET}, secret_key: ${MOUNTED_SECRET}, bucket_name: quay, storage_path: /datastorage/registry}
DISTRIBUTED_STORAGE_PREFERENCE: [default]
AUTHENTICATION_TYPE: Database
DEFAULT_TAG_EXPIRATION: 2w
TAG_EXPIRATION_OPTIONS: [0s, 1d, 1w, 2w, 4w]
SUPER_USERS: [quayadmin]
SECRET_KEY: ${MOUNTED_SECRET}
DATABASE_SECRET_KEY: ${MOUNTED_SECRET}
SETUP_COMPLETE: true
FEATURE_MAILING: false
`;

/** Puts a configuration where `--config-dir` points. */
export function mounted(yaml: string): (configDir: string) => Promise<void> {
  return async (configDir) => {
    await mkdir(configDir);
    await writeFile(join(configDir, "config.yaml"), yaml);
  };
}
