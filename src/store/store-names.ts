/** Names that tell a store from other folders, for those who need no database to know them. */

/** Name of the folder that is looked for. */
export const WORKSPACE_FOLDER = '.ir';

/** The database in it. */
export const DATABASE_FILE = 'ir.db';
