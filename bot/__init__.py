"""The processes of Xiaoer: settings, ingress, the aiogram app, the messenger, the clock, the web and the sandbox."""
