import '@fontsource-variable/inter';
import '@fontsource-variable/jetbrains-mono';
import 'twemoji-colr-font/twemoji.css';
import { createRoot } from 'react-dom/client';
import { App } from './app';
import './styles/base.css';
import './styles/layout.css';
import './styles/messages.css';
import './styles/blocks.css';
import './styles/modal.css';

const root = document.getElementById('root');
if (root !== null) createRoot(root).render(<App />);
