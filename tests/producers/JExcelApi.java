// Write a workbook with JExcelApi: java -cp jxl.jar JExcelApi.java CELLS OUTPUT
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Date;
import jxl.Workbook;
import jxl.write.DateFormat;
import jxl.write.DateTime;
import jxl.write.Label;
import jxl.write.WritableCellFormat;
import jxl.write.WritableSheet;
import jxl.write.WritableWorkbook;

class JExcelApi {
    public static void main(String[] arguments) throws Exception {
        WritableWorkbook workbook = Workbook.createWorkbook(new File(arguments[1]));
        WritableCellFormat dates = new WritableCellFormat(new DateFormat("yyyy-MM-dd"));
        for (String line : Files.readAllLines(Path.of(arguments[0]))) {
            String[] cell = line.split("\t", -1);
            WritableSheet sheet = workbook.getSheet(cell[0]);
            if (sheet == null) {
                sheet = workbook.createSheet(cell[0], workbook.getNumberOfSheets());
            }
            int row = Integer.parseInt(cell[1]) - 1;
            int column = Integer.parseInt(cell[2]) - 1;
            switch (cell[3]) {
                case "number" -> sheet.addCell(
                    new jxl.write.Number(column, row, Double.parseDouble(cell[4])));
                case "boolean" -> sheet.addCell(
                    new jxl.write.Boolean(column, row, Boolean.parseBoolean(cell[4])));
                case "date" -> sheet.addCell(new DateTime(
                    column, row, java.sql.Date.valueOf(cell[4]), dates, DateTime.GMT));
                default -> sheet.addCell(new Label(column, row, cell[4]));
            }
        }
        workbook.write();
        workbook.close();
    }
}
