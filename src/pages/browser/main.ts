/** What runs in a page. */
import { startExplorer } from './explorer.ts';

startExplorer().catch((error: unknown) => {
  const told = document.getElementById('shown');
  if (told !== null) told.textContent = `This browser cannot open the rows: ${String(error)}`;
});
