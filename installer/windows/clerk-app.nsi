; The Windows installer of the client. For this user by default, for everybody by choice; no question is asked with /S.
;
;   makensis -INPUTCHARSET UTF8 -DVERSION=0.1.0 -DPAYLOAD=dist\clerk-app -DOUTFILE=dist\clerk-app-0.1.0-setup.exe clerk-app.nsi
;
;   clerk-app-setup.exe /S                  for this user, silently
;   clerk-app-setup.exe /S /ALLUSERS        for everybody, silently; needs an administrator
;   clerk-app-setup.exe /S /D=D:\全科窗口   into another folder (last, and without quotation marks)
;   uninstall.exe /S                        keeps the data; /S /PURGE takes them too
;
; Error levels: 0 done, 1 cancelled, 2 failed, 3 no right for /ALLUSERS, 4 the window is open, 5 Windows is too old.

Unicode true
ManifestDPIAware true
ManifestLongPathAware true
ManifestSupportedOS Win10
RequestExecutionLevel user
SetCompressor /SOLID lzma
SetCompressorDictSize 64
AllowSkipFiles off
CRCCheck force

!include MUI2.nsh
!include nsDialogs.nsh
!include LogicLib.nsh
!include FileFunc.nsh
!include WinVer.nsh
!include x64.nsh

!ifndef VERSION
  !error "VERSION is not given"
!endif
!ifndef PAYLOAD
  !error "PAYLOAD, the frozen folder, is not given"
!endif
!ifndef OUTFILE
  !define OUTFILE "clerk-app-${VERSION}-setup.exe"
!endif

!define NAME "全科窗口"
!define FOLDER "clerk-app"
!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\clerk-app"
!define LONGEST_FOLDER 110

Name "${NAME}"
OutFile "${OUTFILE}"
BrandingText "${NAME} ${VERSION}"
InstallDir ""
VIProductVersion "${VERSION}.0"
VIAddVersionKey /LANG=2052 "ProductName" "${NAME}"
VIAddVersionKey /LANG=2052 "FileDescription" "${NAME} 安装程序"
VIAddVersionKey /LANG=2052 "FileVersion" "${VERSION}"
VIAddVersionKey /LANG=2052 "ProductVersion" "${VERSION}"
VIAddVersionKey /LANG=2052 "LegalCopyright" "木兰宽松许可证第 2 版"

Var ForAll
Var ChoiceOwn
Var ChoiceAll

!define MUI_ICON "clerk-app.ico"
!define MUI_UNICON "clerk-app.ico"
!define MUI_ABORTWARNING
!insertmacro MUI_PAGE_WELCOME
!insertmacro MUI_PAGE_LICENSE "${PAYLOAD}\_internal\LICENSE"
Page custom ChoicePage ChoiceLeave
!define MUI_PAGE_CUSTOMFUNCTION_LEAVE FolderLeave
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!define MUI_FINISHPAGE_RUN "$INSTDIR\clerk-app.exe"
!define MUI_FINISHPAGE_RUN_PARAMETERS "window --from-icon"
!define MUI_PAGE_CUSTOMFUNCTION_SHOW FinishShow
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "SimpChinese"

; Sets shell folders and registry for everybody or for this user, and the folder unless /D= gave one.
!macro Settle
  ${If} $ForAll == 1
    SetShellVarContext all
  ${Else}
    SetShellVarContext current
  ${EndIf}
  SetRegView 64
!macroend

Function DefaultFolder
  ${If} $ForAll == 1
    StrCpy $INSTDIR "$PROGRAMFILES64\${FOLDER}"
  ${Else}
    StrCpy $INSTDIR "$LOCALAPPDATA\Programs\${FOLDER}"
  ${EndIf}
  ReadRegStr $0 SHCTX "${UNINSTALL}" "InstallLocation"
  ${If} $0 != ""
    StrCpy $INSTDIR $0
  ${EndIf}
FunctionEnd

Function .onInit
  ${IfNot} ${AtLeastWin10}
    MessageBox MB_OK|MB_ICONSTOP "${NAME} 需要 Windows 10 或更新的系统。" /SD IDOK
    SetErrorLevel 5
    Quit
  ${EndIf}
  ${IfNot} ${RunningX64}
    MessageBox MB_OK|MB_ICONSTOP "${NAME} 需要 64 位的 Windows。" /SD IDOK
    SetErrorLevel 5
    Quit
  ${EndIf}
  StrCpy $ForAll 0
  ${GetParameters} $R0
  ClearErrors
  ${GetOptions} $R0 "/ALLUSERS" $R1
  ${IfNot} ${Errors}
    StrCpy $ForAll 1
    Call IsAdmin
    Pop $0
    ${If} $0 == 0
      MessageBox MB_OK|MB_ICONSTOP "给所有用户安装要有管理员权限。什么都没有安装。" /SD IDOK
      SetErrorLevel 3
      Quit
    ${EndIf}
  ${EndIf}
  !insertmacro Settle
  ${If} $INSTDIR == ""
    Call DefaultFolder
  ${EndIf}
FunctionEnd

Function IsAdmin
  UserInfo::GetAccountType
  Pop $0
  ${If} $0 == "Admin"
    Push 1
  ${Else}
    Push 0
  ${EndIf}
FunctionEnd

Function ChoicePage
  !insertmacro MUI_HEADER_TEXT "给谁安装" "只给自己安装，不用管理员。"
  nsDialogs::Create 1018
  Pop $0
  ${NSD_CreateRadioButton} 0 10u 100% 14u "只给我自己安装（推荐）"
  Pop $ChoiceOwn
  ${NSD_CreateRadioButton} 0 34u 100% 14u "给这台电脑的所有用户安装（要管理员同意）"
  Pop $ChoiceAll
  ${NSD_CreateLabel} 0 62u 100% 40u "程序装在一处，各人的数据仍在各人自己的文件夹里，互不相见。"
  Pop $0
  ${If} $ForAll == 1
    ${NSD_Check} $ChoiceAll
  ${Else}
    ${NSD_Check} $ChoiceOwn
  ${EndIf}
  nsDialogs::Show
FunctionEnd

Function ChoiceLeave
  ${NSD_GetState} $ChoiceAll $0
  ${If} $0 == ${BST_CHECKED}
    Call IsAdmin
    Pop $1
    ${If} $1 == 0
      ; Windows asks for an administrator; this copy ends, that one goes on.
      ClearErrors
      ExecShell "runas" "$EXEPATH" "/ALLUSERS"
      ${If} ${Errors}
        MessageBox MB_OK|MB_ICONEXCLAMATION "没有得到管理员同意。可以改为只给自己安装。"
        Abort
      ${EndIf}
      Quit
    ${EndIf}
    StrCpy $ForAll 1
  ${Else}
    StrCpy $ForAll 0
  ${EndIf}
  !insertmacro Settle
  Call DefaultFolder
FunctionEnd

; The deepest file inside has a long name of its own: a folder that is longer leaves it no room on an older Windows.
Function FolderLeave
  StrLen $0 $INSTDIR
  ${If} $0 > ${LONGEST_FOLDER}
    MessageBox MB_OK|MB_ICONEXCLAMATION "这个文件夹的路径太长，请换一个短一些的。"
    Abort
  ${EndIf}
FunctionEnd

; Installed for everybody, this copy has an administrator's rights, and maybe an administrator's account: a window that it opened would
; have both, and would look for its data there.
Function FinishShow
  ${If} $ForAll == 1
    SendMessage $mui.FinishPage.Run ${BM_SETCHECK} ${BST_UNCHECKED} 0
    ShowWindow $mui.FinishPage.Run ${SW_HIDE}
  ${EndIf}
FunctionEnd

; Files that are in use cannot be replaced: the window has to be closed, so that no case is open while its program changes.
!macro CloseFirst un
Function ${un}CloseFirst
  again:
  ${If} ${FileExists} "$INSTDIR\clerk-app.exe"
    ClearErrors
    FileOpen $0 "$INSTDIR\clerk-app.exe" a
    ${If} ${Errors}
      MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "${NAME} 正开着。请先关闭它，再点“重试”。" /SD IDCANCEL IDRETRY again
      SetErrorLevel 4
      Quit
    ${EndIf}
    FileClose $0
  ${EndIf}
FunctionEnd
!macroend
!insertmacro CloseFirst ""
!insertmacro CloseFirst "un."

Section "-program"
  Call CloseFirst
  StrLen $0 $INSTDIR
  ${If} $0 > ${LONGEST_FOLDER}
    SetErrorLevel 2
    Abort "这个文件夹的路径太长。"
  ${EndIf}
  ; What an older version had and this one has not must go: Python would find it.
  RMDir /r "$INSTDIR\_internal"
  SetOutPath "$INSTDIR"
  File /r "${PAYLOAD}\*"
  WriteUninstaller "$INSTDIR\uninstall.exe"

  CreateDirectory "$SMPROGRAMS\${NAME}"
  CreateShortcut "$SMPROGRAMS\${NAME}\${NAME}.lnk" "$INSTDIR\clerk-app.exe" "window --from-icon" "$INSTDIR\clerk-app.exe" 0 SW_SHOWMINIMIZED
  CreateShortcut "$SMPROGRAMS\${NAME}\${NAME} 训练.lnk" "$INSTDIR\clerk-app.exe" "train" "$INSTDIR\clerk-app.exe" 0 SW_SHOWMINIMIZED
  CreateShortcut "$DESKTOP\${NAME}.lnk" "$INSTDIR\clerk-app.exe" "window --from-icon" "$INSTDIR\clerk-app.exe" 0 SW_SHOWMINIMIZED

  WriteRegStr SHCTX "Software\Classes\.bundle" "" "ClerkApp.Bundle"
  WriteRegStr SHCTX "Software\Classes\ClerkApp.Bundle" "" "${NAME} U 盘办件包"
  WriteRegStr SHCTX "Software\Classes\ClerkApp.Bundle\DefaultIcon" "" "$INSTDIR\clerk-app.exe,0"
  WriteRegStr SHCTX "Software\Classes\ClerkApp.Bundle\shell\open\command" "" '"$INSTDIR\clerk-app.exe" window --from-icon "%1"'
  WriteRegStr SHCTX "Software\Classes\.receipt" "" "ClerkApp.Receipt"
  WriteRegStr SHCTX "Software\Classes\ClerkApp.Receipt" "" "${NAME} U 盘回执"
  WriteRegStr SHCTX "Software\Classes\ClerkApp.Receipt\DefaultIcon" "" "$INSTDIR\clerk-app.exe,0"
  WriteRegStr SHCTX "Software\Classes\ClerkApp.Receipt\shell\open\command" "" '"$INSTDIR\clerk-app.exe" window --from-icon "%1"'

  WriteRegStr SHCTX "${UNINSTALL}" "DisplayName" "${NAME}"
  WriteRegStr SHCTX "${UNINSTALL}" "DisplayVersion" "${VERSION}"
  WriteRegStr SHCTX "${UNINSTALL}" "DisplayIcon" "$INSTDIR\clerk-app.exe,0"
  WriteRegStr SHCTX "${UNINSTALL}" "InstallLocation" "$INSTDIR"
  WriteRegStr SHCTX "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr SHCTX "${UNINSTALL}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD SHCTX "${UNINSTALL}" "NoModify" 1
  WriteRegDWORD SHCTX "${UNINSTALL}" "NoRepair" 1
  WriteRegDWORD SHCTX "${UNINSTALL}" "ForAll" $ForAll
  ${GetSize} "$INSTDIR" "/S=0K" $0 $1 $2
  WriteRegDWORD SHCTX "${UNINSTALL}" "EstimatedSize" $0
SectionEnd

Function un.onInit
  SetRegView 64
  StrCpy $ForAll 0
  ReadRegDWORD $0 HKLM "${UNINSTALL}" "ForAll"
  ReadRegStr $1 HKLM "${UNINSTALL}" "InstallLocation"
  ${If} $0 == 1
  ${AndIf} $1 == $INSTDIR
    StrCpy $ForAll 1
    UserInfo::GetAccountType
    Pop $2
    ${If} $2 != "Admin"
      MessageBox MB_OK|MB_ICONSTOP "它是给所有用户安装的，卸载要有管理员权限。" /SD IDOK
      SetErrorLevel 3
      Quit
    ${EndIf}
  ${EndIf}
  !insertmacro Settle
FunctionEnd

Section "Uninstall"
  Call un.CloseFirst
  ; Only what was installed: a folder that somebody put files of their own into stays, with them.
  RMDir /r "$INSTDIR\_internal"
  Delete "$INSTDIR\clerk-app.exe"
  Delete "$INSTDIR\files.sha256"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  Delete "$DESKTOP\${NAME}.lnk"
  RMDir /r "$SMPROGRAMS\${NAME}"
  DeleteRegKey SHCTX "Software\Classes\ClerkApp.Bundle"
  ReadRegStr $0 SHCTX "Software\Classes\.bundle" ""
  ${If} $0 == "ClerkApp.Bundle"
    DeleteRegKey SHCTX "Software\Classes\.bundle"
  ${EndIf}
  DeleteRegKey SHCTX "Software\Classes\ClerkApp.Receipt"
  ReadRegStr $0 SHCTX "Software\Classes\.receipt" ""
  ${If} $0 == "ClerkApp.Receipt"
    DeleteRegKey SHCTX "Software\Classes\.receipt"
  ${EndIf}
  DeleteRegKey SHCTX "${UNINSTALL}"

  ; The data of this user: kept, unless somebody says otherwise.
  SetShellVarContext current
  StrCpy $R2 "$LOCALAPPDATA\clerk-app"
  ${If} ${FileExists} "$R2\*.*"
    ${GetParameters} $R0
    ClearErrors
    ${GetOptions} $R0 "/PURGE" $R1
    ${If} ${Errors}
      MessageBox MB_YESNO|MB_ICONEXCLAMATION|MB_DEFBUTTON2 "要把这台电脑上您自己的办件数据也删掉吗？$\r$\n$\r$\n里面可能有还没送达前置的办件，删掉以后没有备份就找不回来。拿不准请点“否”，重新安装后还能接着用。" /SD IDNO IDYES purge IDNO keep
    ${EndIf}
    purge:
    RMDir /r "$R2"
    RMDir /r "$LOCALAPPDATA\clerk-app-training"
    RMDir /r "$LOCALAPPDATA\clerk-app-program"
    keep:
  ${EndIf}
SectionEnd
